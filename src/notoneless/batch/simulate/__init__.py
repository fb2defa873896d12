"""A made-up county, drawn from published figures and assumptions that the parameter file names."""

from notoneless.batch.simulate.county import County
from notoneless.batch.simulate.params import BadParams, Params, read_params, shipped_params
from notoneless.batch.simulate.places import BadSize
from notoneless.batch.simulate.world import BadScenario, NoSchoolDays, simulate

__all__ = [
    "BadParams",
    "BadScenario",
    "BadSize",
    "County",
    "NoSchoolDays",
    "Params",
    "read_params",
    "shipped_params",
    "simulate",
]
