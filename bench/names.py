"""Names as they are spread in a city: surnames by their frequency, given names of one character or two, invented."""

import random
from itertools import accumulate

from django.db.backends.utils import CursorWrapper

from xueshi.kernel import vault
from xueshi.people import pinyin

# The commonest with their share in per mille, by the yearly reports on surnames; the others share the rest by rank.
SHARES = {
    "王": 72, "李": 70, "张": 67, "刘": 51, "陈": 46, "杨": 31, "黄": 22, "赵": 21, "吴": 20, "周": 19, "徐": 14,
    "孙": 14, "马": 13, "朱": 12, "胡": 12, "郭": 11, "何": 11, "林": 11, "高": 10, "罗": 9,
}  # fmt: skip
OTHERS = (
    "郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦"
    "白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关"
    "单解仇查盖朴缪区"
)
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟")
LETTERS = (
    "英华文玉秀明丽红春小志建伟国海军平兰桂金敏芳永德林梅荣新杰光云珍艳晓强美辉俊晨雨佳子轩宇浩涛勇静磊刚洋娟霞超峰"
    "飞鹏婷欣怡琳雪慧娜燕波斌健龙凤香清莉玲琴翠萍莲萱涵梓博睿思诗嘉泽铭阳瑞凯晶鑫淼彬宁康乐安福贵祥瑶瑾璇琪颖悦"
    "乔柏松竹菊荷莹洁冰露霜虹霓岚峦川江河湖泉溪潮澜沛润泓渊昊旭昕晖曦昱炎焱煜灿烨炜炫"
)
SLOTS = 10_000
NAMES = """
SELECT n, s.name || g.name AS name,
    s.read || ' ' || g.read || CASE WHEN s.other = '' THEN '' ELSE '|' || s.other || ' ' || g.read END AS pinyin,
    t.tail
FROM generate_series(1, %(people)s) n
    JOIN bench_surname s ON s.slot = abs(hashint8(n)::bigint) %% 10000
    JOIN bench_given g ON g.slot = abs(hashint8(n * 31 + 7)::bigint) %% 30000
    JOIN bench_tail t ON t.slot = n::bigint * 7919 %% 11000
"""


def prepare(cursor: CursorWrapper) -> None:
    """Tables of surnames, given names and ends of numbers, in which each has as many rows as it is common."""
    chance = random.Random(4)  # noqa: S311 - names of nobody
    rest = 1000 - sum(SHARES.values()) - 2
    ranks = [1 / (place + 8) for place in range(len(OTHERS))]
    shares = [*SHARES.values(), *(rest * rank / sum(ranks) for rank in ranks), *[2 / len(COMPOUND)] * len(COMPOUND)]
    surnames = [*SHARES, *OTHERS, *COMPOUND]
    cursor.execute("CREATE TEMP TABLE bench_surname (slot int, name text, read text, other text)")
    cursor.execute("CREATE TEMP TABLE bench_given (slot int, name text, read text)")
    drawn = chance.choices(surnames, shares, k=SLOTS)
    read = {name: (*pinyin.of(name).split("|"), "")[:2] for name in surnames}
    cursor.executemany(
        "INSERT INTO bench_surname VALUES (%s, %s, %s, %s)", [(n, one, *read[one]) for n, one in enumerate(drawn)]
    )
    weights = list(accumulate(1 / (place + 15) for place in range(len(LETTERS))))
    given = []
    for slot in range(3 * SLOTS):
        name = "".join(chance.choices(LETTERS, cum_weights=weights, k=1 if chance.random() < 0.2 else 2))
        given.append((slot, name, " ".join(_alone(letter) for letter in name)))
    cursor.executemany("INSERT INTO bench_given VALUES (%s, %s, %s)", given)
    cursor.execute("CREATE TEMP TABLE bench_tail (slot int, tail text)")
    tails = [f"{n:04d}" for n in range(10_000)] + [f"{n:03d}X" for n in range(1_000)]
    cursor.executemany(
        "INSERT INTO bench_tail VALUES (%s, %s)", [(n, vault.index("id-tail", tail)) for n, tail in enumerate(tails)]
    )


def _alone(letter: str) -> str:
    """How a character is read in a given name, in its usual way."""
    return pinyin.of("王" + letter).partition("|")[0].partition(" ")[2]
