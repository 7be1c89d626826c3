module github.com/twindeck/twindeck/examples/shop/api

go 1.26
