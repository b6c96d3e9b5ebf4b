"""From which score on an answer is given without a model: a setting, or what a calibration shows."""
