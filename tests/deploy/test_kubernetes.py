"""The manifests follow Kubernetes' own schemas, and name each other rightly."""

from pathlib import Path

import kubernetes_validate
import pytest
import yaml

import phi4
from phi4.settings import Settings, load_settings

FILE = Path(__file__).parents[2] / "deploy" / "kubernetes" / "phi4.yaml"
OBJECTS = list(yaml.safe_load_all(FILE.read_text("utf-8")))
DEPLOYMENTS = {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == "Deployment"}
SERVICES = {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == "Service"}


@pytest.mark.parametrize("manifest", OBJECTS, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
@pytest.mark.parametrize("version", ["1.28", "1.33"])
def test_it_follows_the_schema_of_its_kind(manifest, version):
    kubernetes_validate.validate(manifest, version, strict=True)


def test_every_service_finds_pods_and_the_port_that_they_open():
    for service in SERVICES.values():
        (found,) = [
            one["spec"]["template"]
            for one in DEPLOYMENTS.values()
            if service["spec"]["selector"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
        ]
        named = {port["name"] for port in found["spec"]["containers"][0]["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= named


def test_visitors_come_in_by_a_name_that_the_server_answers_to_and_come_back_to_their_process():
    (ingress,) = [one for one in OBJECTS if one["kind"] == "Ingress"]
    (rule,) = ingress["spec"]["rules"]
    (api,) = DEPLOYMENTS["phi4-api"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "PHI4_ALLOWED_HOSTS", "value": rule["host"]} in api["env"]
    (path,) = rule["http"]["paths"]
    (port,) = SERVICES[path["backend"]["service"]["name"]]["spec"]["ports"]
    assert path["backend"]["service"]["port"] == {"name": port["name"]}
    nginx = (FILE.parents[1] / "nginx" / "phi4.conf").read_text("utf-8")
    by = ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/upstream-hash-by"]
    assert f"hash {by} consistent" in nginx


def service_links(pod):
    """The variables that the kubelet gives a pod for every service of its namespace, unless it is told not to."""
    if not pod.get("enableServiceLinks", True):
        return {}
    prefixes = [name.upper().replace("-", "_") for name in SERVICES]
    return {f"{prefix}_{what}": "10.0.0.1" for prefix in prefixes for what in ("SERVICE_HOST", "SERVICE_PORT", "PORT")}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_what_is_in_a_pods_environment_are_settings(name, monkeypatch):
    pod = DEPLOYMENTS[name]["spec"]["template"]["spec"]
    stated = {one["name"]: one.get("value", "from-a-secret") for one in pod["containers"][0].get("env", [])}
    for variable, value in (service_links(pod) | stated).items():
        monkeypatch.setenv(variable, value)
    settings = load_settings()
    if name == "phi4-api":
        assert settings.adapter_path == stated["PHI4_ADAPTER_PATH"]
        assert settings.stated("database_url")


def test_the_variables_are_settings_of_ours():
    (api,) = DEPLOYMENTS["phi4-api"]["spec"]["template"]["spec"]["containers"]
    names = {one["name"] for one in api["env"]} - {"FORWARDED_ALLOW_IPS"}  # uvicorn's
    assert {name.removeprefix("PHI4_").lower() for name in names} <= set(Settings.model_fields)
    assert api["image"].endswith(phi4.__version__)
