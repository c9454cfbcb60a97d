"""Brain-inspired memories in numpy: one-shot, online, without gradients, and aware of surprise."""
