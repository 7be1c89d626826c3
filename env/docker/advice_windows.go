package docker

const permissionAdvice = "add yourself to the group docker-users and sign in again"

const maxSocketPath = 103
