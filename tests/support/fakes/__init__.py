"""Our own fakes of outside worlds: real HTTP servers on loopback, with memory and faults."""
