"""What staff may see and do: roles, actions, order report, dashboard, search."""
