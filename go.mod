module github.com/gubbo/gubbo

go 1.26
