package pace

// ClassOf is the name of the profile that a model's name speaks of.
func ClassOf(model string) string { return classOf(model).Name }
