"""A telephone without a carrier, for every test of a step."""

from tests.engine.fixtures import phone as phone
