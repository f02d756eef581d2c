"""What staff may see and do: roles, actions, order report, diagnosis, dashboard, review queue, search."""
