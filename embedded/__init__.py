"""The embedded servers, PostgreSQL and Valkey from wheels, and the supervisor of all processes of `make run`."""
