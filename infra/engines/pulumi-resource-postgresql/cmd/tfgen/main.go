// Command tfgen writes the schema that the provider plugin embeds: `tfgen schema --out DIRECTORY --skip-docs`.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"

	"pulumi-resource-postgresql/provider"
)

func main() {
	tfgen.Main(provider.Name, provider.Version, provider.Provider())
}
