"""What the integration tests share: a TAP runner, processes that never outlive a test, the real servers,
the simulator, and dnswarm itself. Python's standard library only."""
