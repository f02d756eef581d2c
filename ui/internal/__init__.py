"""/internal: the preview tool of staff, one file per page. `door.StaffDoor` stands before all of them."""
