module github.com/twindeck/twindeck/examples/hello-go

go 1.26
