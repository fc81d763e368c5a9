"""The demo: a bundled scenario, replayed into an embedded broker, watched by the real worker. `docs/demo.md` tells what is in it."""
