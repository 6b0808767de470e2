"""What a text and a condition read is found, and whether it is spoken."""

from ivr.diagnostics.problem import Place
from ivr.flow.expressions import parse_expression
from ivr.flow.paths_read import paths_read


def test_a_condition_reads_its_paths_unspoken():
    read = parse_expression('account.card.status == "lost"', Place("x.yaml", 1, 1))
    assert [(path, spoken) for path, _, spoken in paths_read(read)] == [(("account", "card", "status"), False)]
