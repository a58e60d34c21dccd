################################################################################
#
# platen
#
################################################################################

# The commit that is checked out around this file. A tarball of it is made by
# Buildroot's git method, which also vendors the crates, so that the build
# itself is offline; a hash of what is built at hand would say nothing.
PLATEN_VERSION = $(shell git -C $(BR2_EXTERNAL_PLATEN_PATH)/.. rev-parse HEAD)
PLATEN_SITE = file://$(realpath $(BR2_EXTERNAL_PLATEN_PATH)/..)
PLATEN_SITE_METHOD = git
BR_NO_CHECK_HASH_FOR += $(PLATEN_SOURCE)
PLATEN_LICENSE = MIT or Apache-2.0

# Buildroot sets the release profile by environment, over Cargo.toml: what
# Cargo.toml asks for is said again.
PLATEN_CARGO_ENV = \
	CARGO_PROFILE_RELEASE_OPT_LEVEL="3" \
	CARGO_PROFILE_RELEASE_LTO="fat" \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS="1" \
	CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS="true"

define PLATEN_USERS
	platen 200 platen 200 * /var/lib/platen - lp Platen print server
endef

$(eval $(cargo-package))
