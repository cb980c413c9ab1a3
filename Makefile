# Thin: every command lives in tasks.py, so that `python tasks.py run` serves where make is missing.
PYTHON ?= python3
VARIABLES := NAME PROFILE SOURCE JOBS OUT FULL ARGS UPGRADE
# Only what stands on make's own command line is passed on, never a variable that the shell happens to have.
GIVEN = $(foreach v,$(VARIABLES),$(if $(filter command,$(origin $(v))),'$(v)=$($(v))'))

.DEFAULT_GOAL := help
.PHONY: help setup run test lab bench lint lock clean
help setup run test lab bench lint lock clean:
	@$(PYTHON) tasks.py $@ $(GIVEN)
