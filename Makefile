# What README.md promises. Each target is one script under .ci/ that says what it does.
#
#   make run        builds everything and serves the demo on http://127.0.0.1:3000
#   make test       every check there is: format, lints, tests on both databases, site, browser journeys
#   make watch      rebuilds and restarts on change
#   make bench      measures one decision, pages through HTTP beside a bare handler, a simulation, and matching beside its peers
#   make pictures   takes the README's screenshots again (end2end/pictures)
#   make notice     writes THIRD-PARTY.md again from Cargo.lock and style/
#
# make run LISTEN=127.0.0.1:8080 DATABASE=sqlite://data/other.db

.PHONY: run test watch bench pictures notice site

run:
	@.ci/serve
test:
	@.ci/test
watch:
	@.ci/watch
bench:
	@.ci/bench
pictures:
	@.ci/pictures
notice:
	@.ci/notice write
site:
	@.ci/site

export LISTEN DATABASE
