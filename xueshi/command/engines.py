"""Which engine answers. All give the same ``Answers``; only here is one exchanged for another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from xueshi.command import columnar
from xueshi.command.judging import Answers, Laws, Question, walk
from xueshi.command.population import Population
from xueshi.command.speech import Stop, Two, Voice

ENGINES = ("walk", "polars", "spark")
Engine = Callable[[Population, Laws, Question, Voice, Callable[[int], None]], Answers]


def chosen(name: str) -> Engine:
    """The engine of this name; ``Stop`` where it is not installed."""
    if name == "walk":
        return walk
    return partial(columnar.judge, _spark() if name == "spark" else _polars)


def _polars(of: Callable[[Any], Any], frame: pl.DataFrame) -> pl.DataFrame:
    found: pl.DataFrame = of(frame.lazy()).collect()
    return found


def _spark() -> columnar.Run:
    """On a cluster (or this machine): frames go there and back as parquet, which Spark reads in parts."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        said = Two("没有安装 pyspark，不能用 --engine spark。", "pyspark is not installed, so spark cannot be used.")
        raise Stop(said) from None
    session = SparkSession.builder.appName("xueshi").getOrCreate()

    def run(of: Callable[[Any], Any], frame: pl.DataFrame) -> pl.DataFrame:
        with tempfile.TemporaryDirectory() as folder:
            there, back = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
            frame.write_parquet(there)
            of(session.read.parquet(str(there))).write.parquet(str(back))
            return pl.read_parquet(back / "*.parquet")

    return run
