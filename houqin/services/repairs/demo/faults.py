"""What breaks where and when in the demo compound, and what people say about it."""

from __future__ import annotations

from dataclasses import dataclass

#: The section that mends each trade, by its code.
SECTION_OF = {
    "water": "SNB", "power": "DQB", "air": "KTB", "doors": "ZHB", "lifts": "DTWB", "network": "RDB", "furniture": "ZHB",
    "cleaning": "BJB", "other": "BXDD",
}  # fmt: skip
#: How often in each month, January first; a cold spell makes ``cold`` five times as frequent for its days.
SEASONS = {
    "steady": (1.0,) * 12,
    "cooling": (0, 0, 0, 0.05, 0.5, 2.2, 3.6, 3.3, 1.9, 0.2, 0, 0),
    "heating": (2.6, 2.2, 0.9, 0.1, 0, 0, 0, 0, 0, 0.1, 1.2, 2.4),
    "air": (0.8, 0.7, 0.5, 0.4, 0.7, 1.7, 2.3, 2.2, 1.5, 0.5, 0.5, 0.8),
    "cold": (1.5, 1.3, 1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.4),
    "warm": (0.3, 0.3, 0.6, 0.9, 1.3, 1.7, 1.8, 1.8, 1.4, 1.0, 0.6, 0.4),
    "dark": (1.3, 1.1, 1.0, 0.9, 0.9, 0.9, 0.8, 0.9, 0.9, 1.0, 1.2, 1.3),
}
COLD_SPELL = 5.0
_OFFICE = "office:10 meeting:1"
_WET = "toilet:10 tea:1.5 canteen:0.5 kitchen:0.3"
_ANY = "office:8 meeting:1 corridor:2 toilet:1 tea:0.5 lobby:0.3 canteen:0.4 other:0.3"


@dataclass(frozen=True)
class Habit:
    """How a kind of fault behaves: where, its season, how often (per thousand reports), what is said."""

    code: str
    places: str
    season: str
    weight: float
    words: tuple[str, ...]

    @property
    def group(self) -> str:
        return self.code.partition(".")[0]


def _habit(code: str, places: str, season: str, weight: float, words: str) -> Habit:
    return Habit(code, places, season, weight, tuple(words.split("；")))


HABITS = (
    _habit("water.tap", "toilet:9 tea:4 canteen:0.4 office:0.3", "steady", 50,
           "{where}的水龙头关不紧，一直滴水；感应龙头不出水，手放上去没反应；水龙头底座松了，一拧就晃，台面都是水；出水很小，像是滤网堵了；水龙头把手掉了，水停不下来；龙头一直流细水，已经先用桶接着"),
    _habit("water.pipe", "toilet:8 tea:2 corridor:1.5 plant:1 parking:0.4 office:1", "cold", 30,
           "洗手盆下面的软管在漏，地上一滩水；天花板往下渗水，{where}的吊顶已经湿了一块；管道接头滴水，已经放了垃圾桶接着；墙角渗水，墙皮鼓起来了；水管冻裂了，水一直往外冒；阀门处漏水，拧不紧"),
    _habit("water.toilet", "toilet:1", "steady", 60,
           "{where}的隔间堵了，水快溢出来了；马桶冲不下去，已经贴了停用；蹲坑堵塞，有污水返上来；小便斗下水很慢；马桶圈松动，坐上去会滑；无障碍隔间马桶堵了"),
    _habit("water.flush", "toilet:1", "steady", 50,
           "{where}感应冲水没反应；冲水阀一直出水停不下来；脚踏阀踩下去弹不回来；水箱不上水；冲水力度太小，冲不干净；小便斗感应器红灯一直闪"),
    _habit("water.drain", "toilet:8 tea:3 kitchen:1 corridor:0.3", "warm", 25,
           "地漏返味，整个楼道都闻得到；开水间水池下水慢，洗杯子的水下不去；拖把池堵了；地漏往外冒水；卫生间下水道气味大，开窗也散不掉"),
    _habit("water.none", "toilet:5 tea:3 office:0.2", "steady", 8,
           "整层卫生间都没水；{when}开始停水，不知道什么时候恢复；只有热水没有冷水；水压很低，二楼以上基本没水"),
    _habit("water.hot", "tea:1", "steady", 25,
           "开水器一直显示加热，半小时了还不开；开水器漏水，底下有积水；开水器屏幕报 E3；开水有异味，麻烦看看是不是该换滤芯了；开水器不出热水，只有凉水"),
    _habit("water.heating", "office:10 meeting:1 lobby:0.4 corridor:0.5", "heating", 34,
           "暖气片一点都不热，室内只有 13 度；暖气上半截热下半截凉；{where}的暖气阀门漏水；今天整面墙的暖气都不热；地暖分集水器有滴漏"),
    _habit("power.light", "office:10 corridor:5 toilet:4 meeting:2 parking:1.2 lobby:0.4 tea:1 lift:1", "dark", 110,
           "{where}的灯管不亮；灯一直闪，看久了眼睛疼；{where}两盏筒灯都灭了；走廊尽头太暗，晚上加班看不清路；灯罩松了，怕掉下来；应急照明常亮不灭；面板灯只亮半边"),
    _habit("power.socket", _OFFICE, "steady", 40,
           "{where}的插座没电，打印机用不了；地插盖板坏了，插头插不稳；插座松动，插上有火花声；整排插座都没电；新换工位缺一个插座"),
    _habit("power.trip", "office:9 meeting:1 tea:1.5 plant:0.5 canteen:0.3 kitchen:0.4", "cold", 30,
           "空开一推上去就跳；{when}突然断电，隔壁房间正常；烧水的时候跳闸了，现在合不上；半个办公区没电，电脑全关了；配电箱有嗡嗡声，合不上闸"),
    _habit("power.switch", "office:8 meeting:1 toilet:2 corridor:1", "steady", 20,
           "墙上开关按下去弹不起来；开关面板裂了，露出线头；双控开关只有一边能用；会议室灯光面板失灵，只能全开"),
    _habit("power.smell", "office:6 corridor:1 plant:1 kitchen:0.5", "steady", 6,
           "插座有焦糊味，已经拔掉所有插头；配电箱打火，人已离开；吊顶里有烧焦味，灯也灭了；开关面板发烫发黑"),
    _habit("air.warm", "office:10 meeting:2 lobby:0.5 canteen:0.6 corridor:0.3", "cooling", 96,
           "空调开了一上午还是 29 度，吹出来的是常温风；{where}的风口不出冷风；制冷效果差，机组一会儿停一会儿转；会议马上开始，会议室空调不制冷；昨天修过今天又不冷了；空调显示 26 度，实际温度计 30 度；出风很小，像没开一样"),
    _habit("air.cold", "office:10 meeting:1.5 lobby:0.3", "heating", 44,
           "空调不制热，吹出来是凉风；开了一早上室温只有 15 度；{where}的风口没有热风，大家都穿着外套办公；制热十分钟就停机；出风有，但不热"),
    _habit("air.leak", "office:9 meeting:1.5 corridor:1.5", "cooling", 26,
           "空调滴水，桌上文件湿了；风口往下滴水，已经用盆接着；{where}吊顶有水印，应该是冷凝水管堵了；空调漏水滴到电脑旁边，请尽快；面板周围结露滴水"),
    _habit("air.noise", "office:9 meeting:2", "air", 20,
           "空调嗡嗡响，电话都听不清；风机有金属摩擦声；{where}的出风口哐当响；新风机组噪音很大，震得吊顶响；开机时有很大的异响"),
    _habit("air.control", "office:9 meeting:2", "air", 42,
           "空调面板没显示；温控器按键没反应，调不了温度；面板显示正常但关不掉；面板显示“E7”，重启无效；遥控器失灵，换了电池也不行"),
    _habit("air.fan", "toilet:5 meeting:2 kitchen:0.6 office:2", "warm", 15,
           "卫生间排气扇不转，味道散不出去；新风没有风，屋里闷；排风机声音大但没有风；厨房排烟不畅"),
    _habit("doors.lock", "office:10 meeting:1.5 store:0.6 toilet:1", "steady", 50,
           "门锁拧不动，钥匙插进去转不了；锁芯坏了，现在门锁不上；钥匙断在锁里了；办公室门从里面打不开；卫生间隔间门闩掉了；把手松脱，一拉就下来"),
    _habit("doors.hinge", "office:7 toilet:3 corridor:2 meeting:1", "steady", 34,
           "门关不严，要用力推才能合上；闭门器漏油，门砰地一下关上很响；合页松了，门往下坠蹭地；防火门关不上；玻璃门地弹簧失灵，门自己不回位"),
    _habit("doors.glass", "office:5 corridor:2 lobby:0.5 meeting:0.6", "steady", 7,
           "{where}的玻璃裂了一道，怕掉下来；门上玻璃碎了，已围起来；隔断玻璃有裂纹；外窗玻璃自爆，内层还在"),
    _habit("doors.window", _OFFICE, "steady", 24,
           "窗户关不上，漏风；执手断了，窗子锁不住；下雨从窗缝往里进水；限位器坏了，窗户开大了收不回来；窗扇下坠，推不动"),
    _habit("doors.auto", "lobby:6 corridor:1 canteen:0.6", "steady", 11,
           "自动门不感应，人到跟前也不开；自动门关到一半又弹开；旋转门停转；自动门开关时抖得厉害"),
    _habit("doors.blind", _OFFICE, "steady", 20,
           "百叶帘拉绳断了，升不上去；卷帘卡住，西晒很厉害；窗帘滑轨脱了；电动窗帘没反应；叶片断了几根"),
    _habit("lifts.stuck", "lift:1", "steady", 1.6, "电梯困人，轿厢里两个人，能通话；电梯停在两层之间，里面有人；按警铃没人应，里面有一位同事"),
    _habit("lifts.stop", "lift:1", "steady", 8, "{car}号梯停运，按了没反应；{car}号梯门关不上，一直开着；电梯停在这一层不动；{car}号梯显示检修但没有人"),
    _habit("lifts.noise", "lift:1", "steady", 7, "{car}号梯运行时抖得厉害；{car}号梯下行有异响；开关门声音很大；到站时顿一下，吓人"),
    _habit("lifts.button", "lift:1", "steady", 8, "外呼按钮按了不亮；轿厢里 12 层按钮失灵；楼层显示屏黑了；按键要按好几下才有反应"),
    _habit("network.down", "office:10 meeting:1.5 duty:0.2", "steady", 50,
           "电脑连不上网，同屋其他人正常；整间办公室断网；网线插上灯不亮；政务外网能通，互联网打不开；{when}开始网速极慢，视频会议卡；换了工位以后网口不通"),
    _habit("network.phone", _OFFICE, "steady", 20, "座机没有声音；电话打不出去，只能接；话机显示屏不亮；来电不响铃；搬了座位，电话要移机"),
    _habit("network.port", _OFFICE, "steady", 12, "墙上网口面板松了；信息点里的水晶头断了；地插网口被踩坏；缺一个网口，新来同事用不了"),
    _habit("network.screen", "meeting:1", "steady", 26,
           "投屏没信号，十点有会；话筒没声音；音响有电流声；会议平板触摸没反应；视频会议听不到对方声音；LED 屏有一块不亮"),
    _habit("network.door", "corridor:4 lobby:2 office:3 parking:0.5", "steady", 25,
           "刷卡没反应，门打不开；闸机不认卡，也不认脸；门禁一直报警；道闸识别不了车牌；读卡器灯不亮"),
    _habit("furniture.chair", _OFFICE, "steady", 30, "椅子气杆坏了，一坐就往下沉；椅子轮子掉了一个；靠背断了，不敢靠；会议椅扶手松动；椅面开裂，扎人"),
    _habit("furniture.desk", _OFFICE, "steady", 20, "抽屉滑轨坏了，拉不开；柜门合页掉了；办公桌桌腿松动；文件柜隔板塌了；桌面翘边割手"),
    _habit("furniture.lock", _OFFICE, "steady", 20, "文件柜钥匙丢了，里面有急用材料；柜锁打不开；抽屉锁坏了；密码柜没电打不开"),
    _habit("cleaning.floor", "corridor:5 lobby:1 toilet:2 lift:1.5 parking:0.4 tea:1", "warm", 20,
           "{where}地上有积水，有人差点滑倒；咖啡洒了一地；地毯上有大块污渍；下雨天门口地面又湿又滑"),
    _habit("cleaning.toilet", "toilet:1", "steady", 25, "卫生间地面脏，请安排打扫；洗手台上都是水；隔间需要清理；有人呕吐，麻烦尽快处理"),
    _habit("cleaning.supply", "toilet:1", "steady", 30, "没有卫生纸了；洗手液空了；擦手纸用完了；三个隔间都没纸"),
    _habit("cleaning.bin", "toilet:2 corridor:2 tea:3 office:1", "steady", 15, "垃圾桶满了，已经溢出来；茶水间垃圾没倒，有味道；会后垃圾较多，请加收一次"),
    _habit("cleaning.smell", "corridor:3 office:2 toilet:3 lift:0.6", "warm", 10, "楼道里有一股怪味，找不到来源；电梯里有烟味；办公室有霉味；装修味很重，头疼"),
    _habit("other.pest", "office:5 canteen:0.8 tea:2 kitchen:0.8 outdoor:0.2", "warm", 10, "发现老鼠，咬坏了文件；开水间有蟑螂；窗外有马蜂窝，离窗户很近；柜子后面有蚂蚁"),
    _habit("other.wall", _ANY, "steady", 12, "吊顶板掉下来一块，没伤到人；墙面瓷砖空鼓，快掉了；墙皮大片脱落；踢脚线脱开翘起来"),
    _habit("other.move", _OFFICE, "steady", 15, "两组文件柜要从本层搬到另一间，需要两个人；会议桌要移开，下午布展；旧办公桌四张需要搬到仓库；搬箱子，大概十五箱资料"),
    _habit("other.other", _ANY, "steady", 15, "{where}的指示牌掉了；需要在墙上挂一块展板；窗外广告布被风吹开，一直拍打；地面有一块盖板翘起来，容易绊人；消火栓箱门关不上；白板要换个位置"),
)  # fmt: skip
WHERE = (
    "靠窗一侧",
    "进门左手边",
    "进门右手边",
    "最里面",
    "中间一排",
    "靠走廊一侧",
    "东侧",
    "西侧",
    "门口",
    "左数第二个",
    "右数第一个",
    "靠墙",
)
WHEN = ("今天早上", "昨天下午", "刚才", "上午", "中午", "昨晚加班时", "从周一", "这两天")
BEFORE = ("", "", "", "", "您好，", "师傅您好，", "麻烦看一下，", "反映一下：", "急！")
AFTER = ("", "", "", "", "", "，请尽快处理", "，麻烦今天来看看", "，上午都有人在", "，下午两点以后方便", "，谢谢", "，辛苦了", "，来之前请打电话",
         "，已经报过一次了", "，影响办公", "，楼层前台知道情况", "，房间门没锁可以直接进")  # fmt: skip
#: Words that only fit a kind of space.
ONLY_IN = {
    "走廊": {"corridor"}, "楼道": {"corridor"}, "开水间": {"tea"}, "厨房": {"kitchen"}, "卫生间": {"toilet"}, "隔间": {"toilet"},
    "小便斗": {"toilet"}, "洗手盆": {"toilet"}, "电梯里": {"lift"}, "办公": {"office"}, "会议": {"meeting"}, "有会": {"meeting"},
    "道闸": {"parking"}, "闸机": {"lobby"}, "茶水间": {"tea"}, "工位": {"office"}, "隔壁房间": {"office"}, "房间门": {"office", "meeting"},
    "有人在": {"office"}, "以后方便": {"office"}, "打电话": {"office", "meeting"}, "地毯": {"meeting", "office"}, "雨天门口": {"lobby"},
    "后厨": {"kitchen"}, "楼层前台": {"office", "meeting", "corridor", "toilet", "tea", "lift"}, "新来同事": {"office"},
}  # fmt: skip


def fits(words: str, kind: str) -> bool:
    """Whether something may be said of that kind of space."""
    return all(kind in kinds for word, kinds in ONLY_IN.items() if word in words)
