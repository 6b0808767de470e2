"""The report formats, one module each, discovered by name. A module defines `render(problems, report) -> str`."""
