"""The embedded servers, PostgreSQL and Valkey out of wheels, and the supervisor that keeps all of `make run` alive."""
