package configs

import "embed"

// DemoOrg is the name of the demo's organisation file in Demo: LoadOrg(DemoOrg, Demo.ReadFile).
const DemoOrg = "demo/org.yaml"

// Demo is the folder demo: the company that "salesflow demo" starts with.
//
//go:embed demo
var Demo embed.FS

// Example is the commented example file.
//
//go:embed salesflow.example.yaml
var Example []byte
