# docker buildx bake                    the image for this machine, as taskbeat:local
# docker buildx bake multi-arch         linux/amd64 and linux/arm64 with SBOM and provenance, into a local archive
# IMAGE=nvcr.io/ORG/TEAM/taskbeat TAG=0.1.0 docker buildx bake push

variable "IMAGE" {
  default = "taskbeat"
}

variable "TAG" {
  default = "local"
}

variable "VERSION" {
  default = "0.0.0"
}

variable "REVISION" {
  default = "unknown"
}

group "default" {
  targets = ["local"]
}

target "common" {
  context = "."
  tags    = ["${IMAGE}:${TAG}"]
  args = {
    VERSION  = VERSION
    REVISION = REVISION
  }
}

target "local" {
  inherits = ["common"]
  output   = ["type=docker"]
}

target "platforms" {
  inherits  = ["common"]
  platforms = ["linux/amd64", "linux/arm64"]
  attest    = ["type=sbom", "type=provenance,mode=max"]
}

target "multi-arch" {
  inherits = ["platforms"]
  output   = ["type=oci,dest=taskbeat-image.tar"]
}

target "push" {
  inherits = ["platforms"]
  output   = ["type=registry"]
}
