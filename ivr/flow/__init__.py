"""What a menu is: YAML files read into flows, every problem with its place. Knows no call and no carrier."""
