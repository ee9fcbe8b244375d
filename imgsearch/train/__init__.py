"""Training of the two networks: readers of training data, augmentation, and one module per network.

Needs torch (the detector also ultralytics); nothing that serves imports from here.
"""

from imgsearch import config

config.let_threads_sleep()
