"""Words of the demo's visits."""

#: What visits are for, by how often.
KINDS = (
    ("business", 34), ("service", 22), ("meeting", 16), ("delivery", 10), ("petition", 6), ("private", 5), ("works", 5), ("other", 2),
)  # fmt: skip
#: Hours at which visits begin, by how many do.
HOURS = ((8, 12), (9, 24), (10, 18), (11, 5), (13, 6), (14, 20), (15, 12), (16, 6), (17, 1))
_COMPANIES = (
    "江城建设集团", "滨江数据科技", "华信会计师事务所", "大成工程咨询", "云帆信息技术", "锦程文化传媒", "市规划设计院", "江城大学",
    "东湖律师事务所", "恒达电力工程", "科润环保", "市供排水公司",
)  # fmt: skip
_UNITS = (
    "临江县财政局",
    "西城区教育局",
    "高新区管委会",
    "东湖区政府办",
    "开发区安监局",
    "滨江区民政局",
    "市属某国有企业",
)
ORGANISATIONS: dict[str, tuple[str, ...]] = {
    "business": _UNITS + _COMPANIES,
    "service": (*_COMPANIES, ""),
    "meeting": _UNITS + _COMPANIES,
    "delivery": ("江城快递", "办公用品配送中心", "同城速运"),
    "petition": ("",),
    "private": ("",),
    "works": ("江城通信工程", "安居电梯", "绿洲园林"),
    "other": ("", "江城晚报"),
}
PURPOSES: dict[str, tuple[str, ...]] = {
    "business": ("项目对接", "预算对账", "汇报工作进展", "合同谈判", "调研座谈", "报送材料"),
    "service": ("办理审批手续", "政策咨询", "提交申报材料", "领取证照"),
    "meeting": ("参加评审会", "参加座谈会", "参加协调会"),
    "delivery": ("送办公用品", "送文件", "送设备"),
    "petition": ("反映小区物业问题", "咨询征收补偿", "反映欠薪问题", "反映噪声扰民"),
    "private": ("探望亲友", "送物品"),
    "works": ("网络检修", "空调保养", "绿植养护"),
    "other": ("采访", "参观"),
}
ITEMS = ("", "", "", "", "笔记本电脑", "投标文件 2 箱", "样品 1 件", "相机", "工具箱")
#: Company, work, people, days until the insurance ends, days until the first one's induction ends.
CONTRACTORS = (
    ("安居电梯维保有限公司", "电梯维保", 8, 210, 9),
    ("恒达机电工程有限公司", "空调系统改造", 14, 95, 40),
    ("绿洲园林有限公司", "院区绿化养护", 10, 11, 60),
    ("江城通信工程有限公司", "网络布线", 6, 160, -3),
    ("洁美保洁服务有限公司", "外墙清洗", 9, 300, 2),
)
DENIALS = (
    "多次在大厅滋扰，辱骂工作人员",
    "冒用他人身份进入办公区",
    "私自张贴传单，劝阻不听",
    "醉酒闹事",
)
#: Who works in the compound at night.
NIGHT_CREW = (("方志远", "13700090001"), ("戴国平", "13700090002"), ("许长林", "13700090003"))
