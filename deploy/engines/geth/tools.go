//go:build tools

// Package engine names the one program that is built from this module.
package engine

import _ "github.com/ethereum/go-ethereum/cmd/geth"
