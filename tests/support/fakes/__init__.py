"""Our own fakes of outside services: real HTTP servers on loopback, with memory and faults."""
