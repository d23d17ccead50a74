"""The 90/30 rule with its age reliefs in openfisca-core: run by its own interpreter, one round per line of input.

Prints seconds (build, set inputs, calculate) and how many pass, as JSON.
"""
# mypy: ignore-errors

import json
import sys
import time

import numpy as np
import pyarrow.ipc
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = build_entity(key="person", plural="persons", label="person", is_person=True)
YEARS = (2020, 2021, 2022)
HOUR = 1800


class Public(Variable):
    value_type, entity, definition_period = int, PERSON, DateUnit.YEAR


class Professional(Variable):
    value_type, entity, definition_period = int, PERSON, DateUnit.YEAR


class Born(Variable):
    value_type, entity, definition_period = int, PERSON, DateUnit.ETERNITY


class Male(Variable):
    value_type, entity, definition_period = bool, PERSON, DateUnit.ETERNITY


class Factor(Variable):
    """Three times what is there, for whom a third is enough."""

    value_type, entity, definition_period = int, PERSON, DateUnit.YEAR

    def formula(person, period):
        born, male = person("Born", period), person("Male", period)
        return np.where(born <= np.where(male, 19721231, 19771231), 3, 1)


class Enough(Variable):
    """One year on its own."""

    value_type, entity, definition_period = bool, PERSON, DateUnit.YEAR

    def formula(person, period):
        public, professional = person("Public", period), person("Professional", period)
        times = person("Factor", "2022")
        return (public * times >= 30 * HOUR) & ((public + professional) * times >= 90 * HOUR)


class Passes(Variable):
    value_type, entity, definition_period = bool, PERSON, DateUnit.YEAR

    def formula(person, period):
        born, male = person("Born", period), person("Male", period)
        waived = born <= np.where(male, 19671231, 19721231)
        enough = person("Enough", str(YEARS[0]))
        for year in YEARS[1:]:
            enough = enough & person("Enough", str(year))
        return waived | enough


def law():
    system = TaxBenefitSystem([PERSON])
    system.add_variables(Public, Professional, Born, Male, Factor, Enough, Passes)
    return system


def main() -> None:
    with pyarrow.ipc.open_file(sys.argv[1]) as file:
        table = file.read_all()
    names = [f"h{year}_{kind}" for year in YEARS for kind in (0, 1)] + ["born", "sex"]
    columns = {name: table[name].to_numpy() for name in names}
    male = columns["sex"] == 0
    system = law()
    for _ in sys.stdin:
        began = time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(system, count=len(male))
        for year in YEARS:
            simulation.set_input("Public", str(year), columns[f"h{year}_0"])
            simulation.set_input("Professional", str(year), columns[f"h{year}_1"])
        simulation.set_input("Born", "2022", columns["born"])
        simulation.set_input("Male", "2022", male)
        passes = simulation.calculate("Passes", "2022")
        print(json.dumps([time.perf_counter() - began, int(passes.sum())]), flush=True)


if __name__ == "__main__":
    main()
