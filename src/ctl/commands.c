/* The table of commands. A new one is a row here and its function. */
#include "ctl/commands.h"

#include "base/lang.h"

const struct command commands[] = {
    {"forms check", "[DIR]", N_("检查数据字典，不用服务器"),
     "forms check\nforms check /etc/hutong/forms", CTL_OFFLINE, cmd_forms_check},
    {"division load", "FILE [--encoding E]", N_("载入区划代码，以后可以改名、并入、撤销"),
     "division load divisions.csv", CTL_WRITE | CTL_OFFLINE, cmd_division_load},

    {"user list", "[--role R] [--division CODE]", N_("列出用户和岗位"), NULL, CTL_DATA,
     cmd_user_list},
    {"user add",
     "LOGIN --role R [--division CODE] [--name N] [--until DATE] [--from DATE] [--school ID] "
     "[field=value …]",
     N_("增加用户和他的第一个岗位，--from 是任职日期"),
     HAN_("user add wangfang --role director --division 320681100001 --name 王芳\n"
          "user add wangfang --role director --division 320681100001 --from 2024-03-01 "
          "full_part=专职 phone=13900000000 training_last=2026-05-10"),
     CTL_WRITE | CTL_JSON, cmd_user_add},
    {"user set", "LOGIN [--name N] [--until DATE] [--enable] [--forget-uid] [field=value …]",
     N_("修改用户；--forget-uid 让换了账户编号的人重新登录"),
     "user set wangfang --until 2027-06-30\n"
     "user set wangfang training_last=2026-11-03 vetted_on=2026-01-08",
     CTL_WRITE, cmd_user_set},
    {"user disable", "LOGIN", N_("停用用户，记录都保留"), NULL, CTL_WRITE, cmd_user_disable},
    {"post add",
     "LOGIN --role R [--division CODE] [--from DATE] [--until DATE] [--school ID] [--acting] "
     "[field=value …]",
     N_("再给用户一个岗位，可以是代班"),
     "post add wangfang --role director --division 320681100002 --acting --until 2027-01-31",
     CTL_WRITE | CTL_JSON, cmd_post_add},
    {"post set", "ID field=value …", N_("改岗位的专职兼职和备注；岗位号见 user list --json"),
     HAN_("post set 12 full_part=兼职"), CTL_WRITE | CTL_JSON, cmd_post_set},
    {"post end", "ID [--on DATE]", N_("结束一个岗位；岗位号见 user list --json"), NULL, CTL_WRITE,
     cmd_post_end},

    {"import", "TYPE FILE [--map NAME] [--encoding E] [--rejects FILE] [--preview]",
     N_("导入 CSV 或 XLSX 表格；中断后再运行一次就接着导"),
     HAN_("import child 花名册.xlsx --map roster --rejects 退回.csv\nimport child 花名册.csv "
          "--preview\nimport child 花名册.csv --dry-run"),
     CTL_WRITE | CTL_JSON, cmd_import},
    {"export",
     "TYPE [--where EXPR] [--fields a,b|--map NAME] [--csv FILE|--xlsx FILE] --purpose TEXT",
     N_("导出表格，用途记入审计"),
     HAN_("export child --where \"school_state = '03'\" --xlsx 小学生.xlsx --purpose 开学排查"), 0,
     cmd_export},

    {"list",
     "TYPE [--where EXPR] [--fields a,b] [--sort a] [--limit N] [--view V] [--division CODE]",
     N_("列出记录"),
     HAN_("list child --where \"sex = 女 and age(birth_date) < 6\" --fields name,village --csv"),
     CTL_DATA, cmd_list},
    {"find", "TYPE WORDS … [--fields a,b] [--limit N] [--division CODE]",
     N_("按汉字、拼音、首字母、证件号或电话查找"), "find child wxy\nfind child 4021", CTL_DATA,
     cmd_find},
    {"count", "TYPE [--where EXPR] [--by field,…] [--division CODE]", N_("数一数"),
     "count child\ncount child --by sex,school_state --csv", CTL_DATA, cmd_count},
    {"show", "TYPE ID [--history]", N_("看一条记录，或它的经历"),
     "show child 17\nshow user wangfang --history", CTL_JSON, cmd_show},
    {"add", "TYPE field=value …", N_("登记一条记录，打印它的编号"),
     HAN_("add child name=王小雨 village=320681100001 father.name=王强 --reason 走访新增"),
     CTL_WRITE | CTL_JSON, cmd_add},
    {"set", "TYPE ID field=value … [--version N] [--direct]",
     N_("修改一条记录；“字段=”清空；--direct 由有终审权的人直接生效"),
     HAN_("set child 17 grade=三年级 father.phone=13900000000 --reason 家长来电"),
     CTL_WRITE | CTL_JSON, cmd_set},

    {"report", "[NAME] [--period P] [--division CODE] [--villages] [--xlsx FILE]",
     N_("统计报表；不写名称列出有哪些。时间写 2026-11-22、2026-11 或 2026Q4"),
     N_("report\nreport t1 --period 2026-10 --csv\nreport t1 --division 320681100000 --xlsx "
        "月报.xlsx"),
     CTL_DATA, cmd_report},

    {"child move", "ID --village CODE", N_("孩子转到另一个村"), NULL, CTL_WRITE | CTL_JSON,
     cmd_child_move},
    {"child exit", "ID --reason-code CODE [--on DATE] [field=value …]",
     N_("孩子退出登记；原因代码见 forms/codes/exit_reason.csv"),
     HAN_("child exit 17 --reason-code 02 --on 2026-11-20 --reason 父亲返乡\n"
          "child exit 18 --reason-code 08 death_date=2026-11-02 death_cause=01"),
     CTL_WRITE | CTL_JSON, cmd_child_exit},
    {"child return", "ID [--reason-code CODE] [--on DATE] [field=value …]",
     N_("退出的孩子重新登记；原因代码见 forms/codes/add_reason.csv"), NULL, CTL_WRITE | CTL_JSON,
     cmd_child_return},
    {"child handover", "FROM TO [ID …]",
     N_("儿童主任换人：把孩子、待办和没有录完的登记交给另一位；先用 --dry-run 看名单"),
     "child handover gaoxy huyf --dry-run\nchild handover gaoxy huyf 17 18", CTL_WRITE | CTL_JSON,
     cmd_child_handover},
    {"child merge", "ID --into ID", N_("把重复的档案并入另一份"), NULL, CTL_WRITE | CTL_JSON,
     cmd_child_merge},

    {"review list", "[--where EXPR] [--view V] [--limit N]", N_("列出等待审核的变更"), NULL,
     CTL_DATA, cmd_review_list},
    {"review approve", "ID …", N_("通过变更，可以一次几个"), "review approve 3 4 5",
     CTL_WRITE | CTL_JSON, cmd_review_approve},
    {"review return", "ID … [--marks a,b]", N_("退回变更；--reason 写明要改什么"),
     HAN_("review return 3 --marks id_no --reason 号码与户口簿不一致"), CTL_WRITE | CTL_JSON,
     cmd_review_return},

    {"national list", "[--division CODE] [--limit N]",
     N_("列出有变化、还没有录入全国系统的档案；表格用 export child --map national"), NULL, CTL_DATA,
     cmd_national_list},
    {"national done", "[ID …] [--division CODE] [--on DATE]",
     N_("标为已录入全国系统；不写编号就是列出的全部"),
     "national done --division 320681100000\nnational done 17 18 --on 2026-11-20", CTL_WRITE,
     cmd_national_done},

    {"audit list", "[--user LOGIN] [--op WORD] [--from N] [--limit N] [--newest]",
     N_("列出审计记录"), "audit list --newest --limit 20", CTL_DATA, cmd_audit_list},
    {"audit verify", "", N_("校验审计链"), NULL, CTL_JSON, cmd_audit_verify},
    {"backup", "DIR", N_("在线备份到服务器上的空目录"), "backup /backup/hutong-20261122", 0,
     cmd_backup},
    {"verify", "", N_("校验数据文件、索引和经历"), NULL, CTL_JSON, cmd_verify},
    {"job list", "", N_("列出后台任务"), NULL, CTL_DATA, cmd_job_list},
    {"job cancel", "ID", N_("取消后台任务"), NULL, CTL_WRITE, cmd_job_cancel},
    {"status", "", N_("服务器和数据的情况"), NULL, CTL_JSON, cmd_status},
    {0},
};
