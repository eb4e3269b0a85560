#!/usr/bin/env node
// Not built, because npm links a command only if its file is there, and in this repository it links before it builds.
// Compiled code is kept between starts, which shortens a start.
require("node:module").enableCompileCache?.();
require("../dist/command/command.js");
