"""What stays of calls: complaints with clocks, answers to surveys, what is remembered of a number, figures."""
