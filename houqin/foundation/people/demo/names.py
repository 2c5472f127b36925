"""Names as people in a Chinese office bear them: surnames by how common they are, given names by sex and age."""

from __future__ import annotations

from random import Random

from houqin.foundation.demo import pick_by_weight
from houqin.foundation.people.pinyin import name_key, pinyin_key

#: Surnames with roughly how many in a thousand bear them.
_SURNAMES = (
    "王72 李70 张67 刘53 陈46 杨31 黄22 赵20 吴21 周20 徐17 孙15 马12 朱13 胡13 郭11 何11 高10 林12 罗9 郑9 梁8 谢7 宋7 "
    "唐6 许6 韩6 冯6 邓6 曹6 彭5 曾5 肖5 田5 董5 潘5 袁5 蔡5 蒋5 余5 于5 杜4 叶5 程4 魏4 苏4 吕4 丁4 任4 卢4 姚4 沈5 "
    "钟4 姜4 崔4 谭4 陆4 范4 汪4 廖3 石3 金4 韦3 贾3 夏3 付3 方3 邹3 熊3 白3 孟3 秦3 邱3 侯3 江3 尹3 薛3 闫3 段3 雷3 "
    "龙2 黎2 史2 陶2 贺2 毛2 郝2 顾2 龚2 邵2 万2 覃2 武2 钱2 戴2 严2 莫2 孔2 向2 常2 汤2 康2 易2 乔2 赖2 文2 施2 洪2 辛1 "
    "樊1 兰1 殷1 庄1 章2 鲁1 倪2 俞2 翁1 柳1 凌1 单1 解1 应1 童1 虞1 屠1 楼1 骆1 裘1 褚1 诸葛1 欧阳1 司徒1 上官1"
)
_MALE = (
    "志建文国海永俊明立宏振家晓少庆世正学新春卫德兴荣绍承",
    "强华军明峰平东辉杰伟涛斌鹏林勇刚毅宁清波松亮飞超凯",
)
_FEMALE = "晓丽雅静雪佳慧玉美淑秀春红海文爱彩月惠瑞", "燕芳娜敏萍霞梅婷雯琳颖莉珍娟琴洁蓉倩云英"
_YOUNG_MALE = "子宇浩思嘉泽俊一晨睿奕逸景天", "轩豪杰涵辰然博文航阳恒远哲铭"
_YOUNG_FEMALE = "思佳嘉梦诗欣若雨可子书语心依", "怡琪涵萱妍彤悦宁瑶雯婷颖琳然"
_SINGLE_MALE = "伟强磊洋勇军杰涛超明刚平辉鹏斌波峰凯旭晨昊宁"
_SINGLE_FEMALE = "芳娜敏静丽艳娟霞玲雪琳颖婷慧洁倩莹燕萍瑶璐悦"


class Names:
    """Draws names, with the keys by which they are sorted and found."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        pairs = [(text.rstrip("0123456789"), float(text.lstrip("".join(set(text) - set("0123456789")))))
                 for text in _SURNAMES.split()]  # fmt: skip
        self._surnames, self._sums = pick_by_weight(pairs)
        self._given = [
            *_pairs(*_MALE) * 2, *_pairs(*_FEMALE) * 3, *_pairs(*_YOUNG_MALE) * 2, *_pairs(*_YOUNG_FEMALE) * 2,
            *list(_SINGLE_MALE + _SINGLE_FEMALE) * 16,
        ]  # fmt: skip
        self._male = [*_pairs(*_MALE), *list(_SINGLE_MALE) * 12]
        self._surname_keys = {surname: name_key(surname) for surname in self._surnames}
        self._given_keys: dict[str, tuple[str, str]] = {}

    def draw(self, count: int, *, men: bool = False) -> list[tuple[str, str, str]]:
        """So many names, each with pinyin and initials; men's alone where hardly a woman works."""
        surnames = self._chance.choices(self._surnames, cum_weights=self._sums, k=count)
        given = self._chance.choices(self._male if men else self._given, k=count)
        return [self.keyed(surname, name) for surname, name in zip(surnames, given, strict=True)]

    def keyed(self, surname: str, given: str) -> tuple[str, str, str]:
        """A name with its keys; each part is looked up once."""
        front = self._surname_keys[surname]
        back = self._given_keys.get(given)
        if back is None:
            back = self._given_keys[given] = pinyin_key(given)
        return surname + given, front[0] + back[0], front[1] + back[1]


def _pairs(first: str, second: str) -> list[str]:
    return [a + b for a in first for b in second if a != b]
