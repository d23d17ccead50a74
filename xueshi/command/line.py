"""The words of the command line: ``xueshi policy check | test | assess | simulate | explain``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter, _SubParsersAction
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from xueshi.command import assessing, books, checking, explaining, schema, simulating
from xueshi.command.engines import ENGINES
from xueshi.command.speech import Stop, Two, Voice, terminal

BAD_INPUT = 2
Command = Callable[[Namespace, Voice], int]


def main(line: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: a file or a case is not as it should be; 2: the input cannot be used."""
    words = list(sys.argv[1:] if line is None else line)
    voice = terminal("en" if _language(words) == "en" else "zh")
    asked = _parser(voice, help_="assess" in words and bool({"-h", "--help"} & set(words))).parse_args(words)
    try:
        code: int = asked.run(asked, voice)
    except Stop as stop:
        voice.warn(stop.said, **stop.places)
        return BAD_INPUT
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        voice.warn(Two("\n已中止，没有写结果。", "\nStopped; no result was written."))
        return 130
    return code


def _language(words: Sequence[str]) -> str:
    """Chosen before the words are read, because the help is in it too."""
    for at, word in enumerate(words):
        if word.startswith("--lang="):
            return word.partition("=")[2]
        if word == "--lang" and at + 1 < len(words):
            return words[at + 1]
    return "zh"


_CHINESE = {
    "the following arguments are required": "还缺",
    "one of the arguments": "要写其中之一：",
    " is required": "",
    "unrecognized arguments": "不认识",
    "not allowed with argument": "不能同时写",
    "expected one argument": "后面要写一个值",
    "invalid int value": "不是整数",
    "invalid choice": "不认识",
    "choose from": "可写",
    "argument ": "",
}


class _Help(RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """With its heading in the language chosen."""
        own = _Parser.voice.text(Two("用法：", "usage: "))
        super().add_usage(usage, actions, groups, own if prefix is None else prefix)


class _Parser(ArgumentParser):
    voice: Voice

    def __init__(self, **more: Any) -> None:
        """The headings of the help in the language chosen."""
        add_help = more.pop("add_help", True)
        super().__init__(**{"formatter_class": _Help, **more}, add_help=False)
        self._positionals.title = self.voice.text(Two("参数", "arguments"))
        self._optionals.title = self.voice.text(Two("选项", "options"))
        if add_help:
            self.add_argument("-h", "--help", action="help", help=self.voice.text(Two("显示用法", "show this help")))

    def error(self, message: str) -> NoReturn:
        """What is wrong with the words, and where the help is."""
        for english, chinese in _CHINESE.items() if self.voice.lang == "zh" else ():
            message = message.replace(english, chinese)
        self.voice.warn(f"{self.prog}: {message}")
        self.voice.warn(Two("用法见 {prog} --help", "See {prog} --help"), prog=self.prog)
        raise SystemExit(BAD_INPUT)


def _parser(voice: Voice, *, help_: bool) -> ArgumentParser:
    _Parser.voice = voice
    top = _Parser(prog="xueshi", description=voice.text(Two("学时：把文件当数据。", "Xueshi: the law as data.")))
    floors = top.add_subparsers(dest="floor", required=True, metavar="policy")
    about = Two("检查、测试、套用、试算和说明政策文件", "check, test, apply, try and explain policy files")
    policy = floors.add_parser("policy", help=voice.text(about), description=voice.text(about))
    commands = policy.add_subparsers(
        dest="command", required=True, metavar="check | test | assess | simulate | explain"
    )
    add = _Adder(voice, commands)
    _plain(add, voice)
    _assess(add, voice, help_=help_)
    _simulate(add, voice)
    _explain(add, voice)
    return top


class _Adder:
    def __init__(self, voice: Voice, commands: _SubParsersAction[_Parser]) -> None:
        self.voice, self.commands = voice, commands

    def __call__(self, name: str, run: Command, about: Two, more: str = "") -> ArgumentParser:
        said = self.voice.text(about)
        parser = self.commands.add_parser(
            name,
            help=said,
            description=said,
            epilog=more,
        )
        language = self.voice.text(Two("输出语言", "language of output"))
        parser.add_argument("--lang", choices=("zh", "en"), default="zh", help=language)
        parser.set_defaults(run=run)
        return parser


def _plain(add: _Adder, voice: Voice) -> None:
    folder = voice.text(Two("政策文件夹；默认 policies", "policies folder; default: policies"))
    check = add("check", checking.check, Two("每份文件是否读得懂", "is every file understood"))
    check.add_argument("dir", nargs="?", metavar="DIR", help=folder)
    test = add("test", checking.test, Two("运行每个案例", "run every case"))
    test.add_argument("dir", nargs="?", metavar="DIR", help=folder)
    test.add_argument(
        "-k", metavar="TEXT", help=voice.text(Two("只运行名字里含此文字的", "only those with this in their name"))
    )


def _asking(parser: ArgumentParser, voice: Voice, *, needed: bool) -> None:
    """What every command that reads spreadsheets takes."""

    def put(name: str, metavar: str, zh: str, en: str, *, required: bool = False) -> None:
        parser.add_argument(name, metavar=metavar, required=required, help=voice.text(Two(zh, en)))

    put("--people", "FILE", "人员表：xlsx、csv、parquet", "the people: xlsx, csv, parquet", required=needed)
    put("--entries", "FILE", "学习记录表：xlsx、csv、parquet", "what they did: xlsx, csv, parquet", required=needed)
    put("--purpose", "P", "办什么事，如 annual 或 年度学习任务", "for which decision, as annual", required=needed)
    when = parser.add_mutually_exclusive_group(required=needed)
    when.add_argument(
        "--as-of", metavar="DAY", help=voice.text(Two("到这一天为止，如 2022-12-31", "up to this day, as 2022-12-31"))
    )
    when.add_argument("--year", type=int, metavar="Y", help=voice.text(Two("整个年度", "the whole year")))
    put(
        "--instrument", "KEY", "适用这份文件；默认按人员的地区代码", "this instrument; default: by each person's region"
    )
    put("--target", "T", "申报的职称级别", "the title applied for")
    put("--known-on", "DAY", "只算这一天以前登记的记录", "only entries recorded by this day")
    put("--policies", "DIR", "政策文件夹", "policies folder")
    put("--out", "FILE", "结果文件：.xlsx、.csv 或 .parquet", "the result: .xlsx, .csv or .parquet")
    put("--problems", "FILE", "读不懂的行写在这里", "where to write rows that cannot be read")
    parser.add_argument(
        "--skip-bad",
        action="store_true",
        help=voice.text(Two("不算资料读不懂的人，其余继续", "go on without people whose rows cannot be read")),
    )
    parser.add_argument(
        "--ignore-column",
        action="append",
        metavar="NAME",
        help=voice.text(Two("不读这一列，可重复", "do not read this column")),
    )


def _assess(add: _Adder, voice: Voice, *, help_: bool) -> None:
    about = Two("对表格里的每个人回答同一个问题", "ask the same question of everybody in a spreadsheet")
    parser = add("assess", assessing.assess, about, _columns(voice) if help_ else "")
    _asking(parser, voice, needed=True)
    parser.add_argument(
        "--engine", choices=ENGINES, default="walk", help=voice.text(Two("用哪个引擎计算", "which engine answers"))
    )


def _simulate(add: _Adder, voice: Voice) -> None:
    about = Two("把草案与现行规定相比：谁变好，谁变差", "a draft beside the rules in force: who gains, who falls")
    parser = add("simulate", simulating.simulate, about)
    parser.add_argument(
        "--draft", metavar="FILE", required=True, help=voice.text(Two("草案（*.yaml）", "the draft (*.yaml)"))
    )
    _asking(parser, voice, needed=True)
    which = voice.text(Two("用哪个引擎计算", "which engine answers"))
    parser.add_argument("--engine", choices=("walk", "polars"), default="walk", help=which)


def _explain(add: _Adder, voice: Voice) -> None:
    about = Two(
        "用话说明一份文件、一条规定，或一个人的结论", "an instrument, a provision or one person's answer in words"
    )
    parser = add("explain", explaining.explain, about)
    parser.add_argument(
        "key", nargs="?", metavar="KEY", help=voice.text(Two("文件，如 cn-50/chongqing-2010", "instrument"))
    )
    parser.add_argument("provision", nargs="?", metavar="PROVISION", help=voice.text(Two("规定编号", "provision")))
    parser.add_argument("--person", metavar="ID", help=voice.text(Two("人员编号", "whose answer")))
    _asking(parser, voice, needed=False)


def _columns(voice: Voice) -> str:
    """The columns of both files, for the help; without them if no policies folder is here."""
    try:
        found = books.open_shelf(None).books.values()
    except Stop:
        return ""
    people = voice.text(Two("人员表的列（中文或英文名都可以）：", "Columns of the people (either name will do):"))
    entries = voice.text(Two("学习记录表的列：", "Columns of the entries:"))
    return "\n".join((people, *listed(schema.people(found)), "", entries, *listed(schema.entries(found))))


def listed(columns: Iterable[schema.Column]) -> Iterable[str]:
    """One line for each column: both names, and what stands in it."""
    for column in columns:
        star = "*" if column.needed else " "
        yield f" {star} {column.key}　{column.term.zh}：{column.note.zh}"
