"""How jupyter_client starts a kernel that is forked: found by it under the name `playbook-warm`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Int, Unicode

from playbook.report import warm


class WarmProvisioner(LocalProvisioner):
    """Starts kernels as forks of a process that has the libraries loaded.

    Attributes
    ----------
    address : str
        Where that process listens.
    log_file : str
        File for what a kernel prints outside its cells.
    memory : int
        Bytes that a kernel may take; 0 is no limit.
    """

    address = Unicode()
    log_file = Unicode()
    memory = Int()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel, or start it the plain way where that fails; of the command only what follows the module's name counts."""
        environment = {**kwargs.get("env", {})}
        argv = cmd[cmd.index("ipykernel_launcher") + 1 :]
        cwd = str(kwargs.get("cwd") or Path.cwd())
        try:
            self.process = warm.fork(self.address, argv=argv, env=environment, cwd=cwd, log=self.log_file, memory=self.memory or None)
        except OSError:
            # nobody to fork from any more: a kernel that starts slowly is better than none
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = cwd
        return self.connection_info
