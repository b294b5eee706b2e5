// Command resource is the provider plugin `pulumi-resource-postgresql`.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"pulumi-resource-postgresql/provider"
)

// Written by cmd/tfgen before this command is built; it is not kept under version control.
//
//go:embed schema.json
var schema []byte

func main() {
	tfbridge.Main(provider.Name, provider.Version, provider.Provider(), schema)
}
