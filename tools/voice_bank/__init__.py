"""What builds a voice bank: the teacher, its carriers and the cutting. None of it runs in the product."""
