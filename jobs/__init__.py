"""What happens to forms, and the jobs that RQ workers run. Jobs carry ids only; the row is the truth."""
