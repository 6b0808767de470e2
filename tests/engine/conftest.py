"""A telephone without a carrier, for every test of the engine."""

from tests.engine.fixtures import phone as phone
