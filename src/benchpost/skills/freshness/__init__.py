"""Whether what skills say is still so: imports, removed names, commands, versions, age."""
