// Package litellm has LiteLLM's proxy drilled: its app files and scenarios are
// tested here; run drills it.
package litellm
