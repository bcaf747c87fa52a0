# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Tests and the demo talk to themselves alone: their own domain on this machine.
export ROS_AUTOMATIC_DISCOVERY_RANGE := LOCALHOST

.PHONY: help variables setup demo test lint docs bench fuzz audit faults soak network clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16
	@tools/demo.sh --help

# Before anything is set up. Without Python, tools/setup.sh says what is missing.
variables:
	@! command -v python3 >/dev/null || python3 tools/make_variables.py $(MAKECMDGOALS)

setup: variables  ## make the environment and the overlay, or what has changed of them
	@tools/setup.sh

demo:  ## camera -> fer_node -> terminal, on a clip or on what SOURCE names; make demo HELP=1 lists the variables
	@tools/demo.sh

lint: setup  ## ruff, mypy and the import contracts
	@tools/lint.sh

test: setup  ## everything that must hold, in a few minutes
	@source env.bash && python tools/test.py

docs: setup  ## the documentation as a site: build/site
	@tools/docs.sh

bench: setup  ## measure speed on this machine: whole frame, what is found, end to end over DDS; FER2013=folder, CLIPS=folder of videos, PORTRAITS=folder; benchmarks/results
	@source env.bash && python -m benchmarks.all --fer2013 "$(FER2013)" $(if $(CLIPS),--clips "$(CLIPS)") $(if $(PORTRAITS),--portraits "$(PORTRAITS)")

fuzz: setup  ## feed every reader 100,000 hostile inputs, guided by coverage; RUNS=number, TARGETS=names
	@RUNS="$(RUNS)" tools/fuzz.sh $(TARGETS)

audit: setup  ## known weaknesses, licences and a bill of materials of what the environment holds; build/audit
	@tools/audit.sh

faults: setup  ## break cameras, processes, clocks and files under running nodes; reliability/results
	@source env.bash && python -m reliability.faults --save

soak: setup  ## an hour at 30 images a second, or MINUTES=n: does anything grow or slow down
	@source env.bash && python -m reliability.soak --save --minutes $${MINUTES:-60}

network: setup  ## loss, delay and cuts between robot and listener (needs root)
	@source env.bash && python -m reliability.network --save

clean:  ## remove the environment, the overlay and all that was built
	rm -rf .venv build install log
