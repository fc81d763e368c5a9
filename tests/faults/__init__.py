"""The whole pipeline under a seeded schedule of faults, compared with an undisturbed run value by value."""
