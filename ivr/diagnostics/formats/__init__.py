"""One way of writing problems a module, found by its name: `render(problems, sources) -> str`."""
