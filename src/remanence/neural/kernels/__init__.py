"""The six kernels under all layers: naive loop (the definition), fast form, resumable state.

`gated_delta` (matrix memories), `block_attention` (softmax over indexed blocks), `inner_gradient` (networks
trained at test time), `regression` (kernel and ridge regression), `scan_conv` (causal scan and convolution).
Tensors are `[B, T, H, K]`: batch, time, head, channel.
"""
