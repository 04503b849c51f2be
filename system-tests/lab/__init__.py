"""The lab as code: a Linux (later Xen) machine with real USB hot-plug, and the program in it."""
