"""How probable an observation is, given what a decoder answers: Gaussian, Poisson, histograms.

A likelihood takes the decoder's output and the batch, and answers with -log p (n,) in nats, constants
included, summed over what was observed; `expected` turns the output into what one would observe.
"""
